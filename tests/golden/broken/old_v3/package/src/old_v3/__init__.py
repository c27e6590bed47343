"""Rainfall"""
