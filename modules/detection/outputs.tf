output "detector_id" {
  description = "The id of GuardDuty's detector; null where it is not switched on here."
  value       = one([for detector in aws_guardduty_detector.this : detector.id])
}

output "analyzer_arn" {
  description = "The ARN of the analyzer of access; null where there is none."
  value       = one([for analyzer in aws_accessanalyzer_analyzer.this : analyzer.arn])
}
