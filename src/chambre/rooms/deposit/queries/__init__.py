"""What is read of schemes, objects, contracts and cases."""
