package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

// result is what the caller reads.
type result struct {
	Done         int      `json:"done"`
	Seconds      float64  `json:"seconds"`
	Microseconds []int64  `json:"microseconds"` // of each request, or until the first token of each stream
	Errors       []string `json:"errors"`
}

// shared collects what many connections find.
type shared struct {
	sync.Mutex
	result
}

func (all *shared) add(taken time.Duration, err error) {
	all.Lock()
	defer all.Unlock()
	if err != nil {
		all.Errors = append(all.Errors, err.Error())
		return
	}
	all.Done++
	all.Microseconds = append(all.Microseconds, taken.Microseconds())
}

// closed keeps every connection busy for a time.
func closed(target target, connections int, lasts time.Duration) result {
	var end time.Time
	return together(target, connections, func() { end = time.Now().Add(lasts) },
		func(_ int, caller *caller, all *shared) {
			for time.Now().Before(end) {
				all.add(caller.ask())
			}
		})
}

// paced asks at a fixed rate, each request on the connection that has rested longest.
func paced(target target, perSecond, seconds int) result {
	const connections = 10
	gap := time.Second / time.Duration(perSecond)
	var began time.Time
	return together(target, connections, func() { began = time.Now() },
		func(own int, caller *caller, all *shared) {
			for turn := own; turn < perSecond*seconds; turn += connections {
				time.Sleep(time.Until(began.Add(time.Duration(turn) * gap)))
				all.add(caller.ask())
			}
		})
}

// streams keeps a number of streams open at once; what counts is the time until the first token.
func streams(target target, atOnce, each int, apart time.Duration) result {
	var began time.Time
	return together(target, atOnce, func() { began = time.Now() },
		func(own int, caller *caller, all *shared) {
			time.Sleep(time.Until(began.Add(time.Duration(own) * apart)))
			for range each {
				all.add(caller.stream())
			}
		})
}

func together(target target, count int, start func(), run func(int, *caller, *shared)) result {
	callers := make([]*caller, count)
	for own := range callers {
		callers[own] = newCaller(target)
		if _, err := callers[own].ask(); err != nil {
			fail("warming up: " + err.Error())
		}
	}
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadString('\n')
	all := shared{result: result{Microseconds: []int64{}, Errors: []string{}}}
	start()
	began := time.Now()
	var group sync.WaitGroup
	for own, caller := range callers {
		group.Go(func() { run(own, caller, &all) })
	}
	group.Wait()
	all.Seconds = time.Since(began).Seconds()
	return all.result
}

func report(found result) {
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		fail(err.Error())
	}
}
