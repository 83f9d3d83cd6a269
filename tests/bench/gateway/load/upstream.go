package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const (
	whole = `{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"chat","choices":[{"index":0,` +
		`"message":{"role":"assistant","content":"The harbour lies still, and every boat is home."},` +
		`"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":11,"total_tokens":23}}`
	part = `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"chat",` +
		`"choices":[{"index":0,"delta":{"role":"assistant","content":"word "},"finish_reason":null}]}` + "\n\n"
	last = `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"chat",` +
		`"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"
)

// serve answers until it is ended: short answers at once, streams with their first chunk at once and the others
// at the pace.
func serve(chunks int, pace time.Duration) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err.Error())
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	answer := func(writer http.ResponseWriter, request *http.Request) {
		var asked struct {
			Stream bool `json:"stream"`
		}
		body, err := io.ReadAll(request.Body)
		if err != nil || len(body) > 0 && json.Unmarshal(body, &asked) != nil {
			http.Error(writer, "not JSON", http.StatusBadRequest)
			return
		}
		if asked.Stream {
			stream(writer, chunks, pace)
			return
		}
		writer.Header().Set("Content-Type", "application/json")
		io.WriteString(writer, whole)
	}
	fail(http.Serve(listener, http.HandlerFunc(answer)).Error())
}

func stream(writer http.ResponseWriter, chunks int, pace time.Duration) {
	writer.Header().Set("Content-Type", "text/event-stream")
	flusher := writer.(http.Flusher)
	began := time.Now()
	for number := range chunks {
		time.Sleep(time.Until(began.Add(time.Duration(number) * pace)))
		io.WriteString(writer, part)
		flusher.Flush()
	}
	io.WriteString(writer, last)
}
