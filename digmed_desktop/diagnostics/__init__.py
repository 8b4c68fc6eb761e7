"""Report on the program for support: a log and crash reports, neither with personal data."""
