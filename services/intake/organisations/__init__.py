"""The register of public bodies: brought in from files, looked through, and chosen from for an enquiry."""
