"""Pure computation: no Qt, no threads, no signals, no global state."""
