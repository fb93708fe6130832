"""What reporting reads of the events that it hears, and the reports that it gives."""
