"""The window: shows and asks. No widget decides what a clinical rule should, and none touches disk or network."""
