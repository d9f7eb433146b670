"""Who a caller is to a server: logging in, how it stands, and the documents about it."""
