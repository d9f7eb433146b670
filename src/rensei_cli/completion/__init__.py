"""What a TAB offers: answered from files alone, before anything that takes time is loaded."""
