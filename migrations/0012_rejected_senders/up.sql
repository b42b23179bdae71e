-- The machine and the job that a rejected report named. They were the second and the third line of its hint.
ALTER TABLE rejected_reports ADD COLUMN machine TEXT;
ALTER TABLE rejected_reports ADD COLUMN job TEXT;

UPDATE rejected_reports
SET hint = substr(hint, 1, instr(hint, char(10)) - 1),
    machine = substr(hint, instr(hint, char(10)) + 1)
WHERE instr(hint, char(10)) > 0;

UPDATE rejected_reports
SET machine = substr(machine, 1, instr(machine, char(10)) - 1),
    job = substr(machine, instr(machine, char(10)) + 1)
WHERE instr(machine, char(10)) > 0;

UPDATE rejected_reports SET machine = nullif(machine, ''), job = nullif(job, '');
