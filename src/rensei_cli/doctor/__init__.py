"""What could be wrong between this machine and a server, looked at without changing anything."""
