"""Deposit: any reusable object in circulation with a deposit that is paid back once and only once.

A scheme is a commons; its objects are issued and taken back at its places, and each rotation is one
contract. What is held is on account 4196, to the cent, and an object's life can be read.
"""
