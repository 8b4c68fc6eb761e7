"""Do what runs without the window: the commands of an administrator and of the scheduler."""
