"""What does a trip cost us, and does it pay to refuse the short ones?"""
