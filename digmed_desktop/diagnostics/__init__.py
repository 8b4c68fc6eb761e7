"""What the program says about itself for support: a log and crash reports, neither with personal data."""
