"""What the application knows, without a screen: the experiment, undo, playback, jobs, actions."""
