"""The server as values: calls to send, answers to read; the only place that knows httpx."""
