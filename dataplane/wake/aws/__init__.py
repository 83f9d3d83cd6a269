"""Gate and reconciler on AWS: Lambda functions on one DynamoDB table."""
