"""What lies in a student box in place of a part of the course."""
