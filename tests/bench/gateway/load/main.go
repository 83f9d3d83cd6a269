// Command load is both ends of the gateway benchmark, in one program without dependencies.
//
//	load upstream CHUNKS PACE_MS                         an OpenAI-style chat endpoint; prints its port
//	load closed   URL TOKEN CONNECTIONS SECONDS          each connection asks again as soon as it was answered
//	load paced    URL TOKEN PER_SECOND SECONDS           a fixed rate, for latency without a queue
//	load streams  URL TOKEN STREAMS EACH APART_MS        STREAMS at once, each EACH times, begun APART_MS apart
//
// The last three open their connections, print `ready`, wait for a line on standard input, and print one line
// of JSON: so that the caller can read what a proxy has used before and after, without the handshakes.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	if len(os.Args) < 4 {
		fail("usage: load upstream|closed|paced|streams ...")
	}
	if os.Args[1] == "upstream" {
		serve(number(2), time.Duration(number(3))*time.Millisecond)
		return
	}
	target := target{url: os.Args[2], token: os.Args[3]}
	switch os.Args[1] {
	case "closed":
		report(closed(target, number(4), time.Duration(number(5))*time.Second))
	case "paced":
		report(paced(target, number(4), number(5)))
	case "streams":
		report(streams(target, number(4), number(5), time.Duration(number(6))*time.Millisecond))
	default:
		fail("unknown command " + os.Args[1])
	}
}

func number(position int) int {
	if position >= len(os.Args) {
		fail(fmt.Sprintf("argument %d is missing", position))
	}
	value, err := strconv.Atoi(os.Args[position])
	if err != nil {
		fail(err.Error())
	}
	return value
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, "load: "+text)
	os.Exit(2)
}
