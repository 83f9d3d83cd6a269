"""What puts an endpoint to sleep and wakes it: one pure state machine, and two functions a cloud around it."""
