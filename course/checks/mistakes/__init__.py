"""Wrong answers that learners give, each with the sentence a good teacher would say."""
