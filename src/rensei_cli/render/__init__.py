"""Models as renderables: every view is a pure function of its arguments."""
