output "name" {
  description = "The name of the stream."
  value       = aws_kinesis_stream.this.name
}

output "arn" {
  description = "The ARN of the stream, once its consumers are registered."
  value       = aws_kinesis_stream.this.arn
  depends_on  = [aws_kinesis_stream_consumer.this]
}

output "consumer_arns" {
  description = "The ARN of each consumer by its name; it ends with the time at which the consumer was registered."
  value       = { for name, consumer in aws_kinesis_stream_consumer.this : name => consumer.arn }
}
