output "name" {
  description = "The name of the queue."
  value       = aws_sqs_queue.this.name
}

output "url" {
  description = "The URL of the queue, which every call of SQS takes."
  value       = aws_sqs_queue.this.url
}

output "arn" {
  description = "The ARN of the queue, once its policy stands."
  value       = aws_sqs_queue.this.arn
  depends_on  = [aws_sqs_queue_policy.this]
}

output "dead_letters_name" {
  description = "The name of the queue for messages that nobody could work off."
  value       = aws_sqs_queue.dead.name
}
