DROP TABLE retention_rules;
DROP TABLE tasks;
