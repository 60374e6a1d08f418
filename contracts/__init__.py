"""What all rooms agree on: tables, rules, the time frame, score rows, errors."""
