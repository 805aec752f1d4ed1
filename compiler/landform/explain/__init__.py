"""What an entry of a spec becomes and why, and what a plan of Terraform would change: for people, and as JSON."""
