"""The chapters of the tour, a module for each subject."""
