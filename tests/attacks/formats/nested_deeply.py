"""Hand in JSON that is nested a hundred thousand times."""

from ..harness import FILE

FAIR = 0


def build(world):
    deep = b"[" * 100_000 + b"]" * 100_000
    head = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {"deep": '
    return {FILE: head + deep + b'}, "cells": []}'}
