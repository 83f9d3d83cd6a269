package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"time"
)

const question = `{"model":"chat","messages":[{"role":"user","content":"Where are the boats?"}]%s}`

type target struct{ url, token string }

// caller is one connection that is used again and again.
type caller struct {
	target
	client http.Client
}

func newCaller(to target) *caller {
	// A replica's certificate is its own; HTTP/1.1 is what a load balancer speaks to it.
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		TLSNextProto:    map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	return &caller{target: to, client: http.Client{Transport: transport, Timeout: time.Minute}}
}

// ask returns how long a whole answer took.
func (caller *caller) ask() (time.Duration, error) {
	began := time.Now()
	answer, err := caller.post("")
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	taken := time.Since(began)
	if err == nil && !bytes.Contains(body, []byte("every boat is home")) {
		err = fmt.Errorf("an answer without the upstream's words: %.200s", body)
	}
	return taken, err
}

// stream returns how long the first token took; the error says that a stream did not come to its end.
func (caller *caller) stream() (time.Duration, error) {
	began := time.Now()
	answer, err := caller.post(`,"stream":true`)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	var first time.Duration
	ended := false
	for {
		line, err := lines.ReadSlice('\n')
		if first == 0 && bytes.Contains(line, []byte("word ")) {
			first = time.Since(began)
		}
		ended = ended || bytes.HasPrefix(line, []byte("data: [DONE]"))
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	if first == 0 || !ended {
		return 0, fmt.Errorf("a stream without its first token or its end")
	}
	return first, nil
}

func (caller *caller) post(more string) (*http.Response, error) {
	body := fmt.Sprintf(question, more)
	request, err := http.NewRequest(http.MethodPost, caller.url, bytes.NewBufferString(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+caller.token)
	answer, err := caller.client.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 500))
		answer.Body.Close()
		return nil, fmt.Errorf("status %d: %s", answer.StatusCode, text)
	}
	return answer, nil
}
