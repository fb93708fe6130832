"""What reporting makes of events: rows of read models, and the reports that count them. All of it pure."""
