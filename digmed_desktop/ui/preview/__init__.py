"""The pane beside the form: what will be sent, what is in the way, and the message itself."""
