"""What changes schemes, objects, contracts and cases; each function says who may."""
