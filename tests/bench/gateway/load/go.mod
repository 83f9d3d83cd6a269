module homeport/tests/bench/gateway/load

go 1.25
