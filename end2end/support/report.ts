import { randomUUID } from 'node:crypto';

/** The fields of a report that a test may set; the others are made up. */
export type Story = {
  server?: string;
  machineId?: string;
  job?: string;
  result?: 'Success' | 'Warning' | 'Error' | 'Fatal';
  lines?: string[];
  exception?: string | null;
  version?: string;
  operatingSystem?: string;
  destination?: string;
  /** In minutes before now. */
  began?: number;
};

/** Returns a report as Duplicati 2.3 sends it. */
export function report(story: Story = {}): unknown {
  const result = story.result ?? 'Success';
  const lines = story.lines ?? [];
  const began = new Date(Date.now() - (story.began ?? 10) * 60_000);
  const ended = new Date(began.getTime() + 95_500);
  return {
    Data: {
      DeletedFiles: 1,
      DeletedFolders: 0,
      ModifiedFiles: 3,
      ExaminedFiles: 1200,
      OpenedFiles: 5,
      AddedFiles: 2,
      SizeOfModifiedFiles: 300_000,
      SizeOfAddedFiles: 200_000,
      SizeOfExaminedFiles: 5_000_000_000,
      SizeOfOpenedFiles: 500_000,
      NotProcessedFiles: 0,
      AddedFolders: 0,
      TooLargeFiles: 0,
      FilesWithError: 0,
      ModifiedFolders: 0,
      PartialBackup: false,
      Dryrun: false,
      Interrupted: false,
      MainOperation: 'Backup',
      ParsedResult: result,
      Version: story.version ?? '2.3.0.4 (2.3.0.4_stable_2026-07-09)',
      EndTime: ended.toISOString(),
      BeginTime: began.toISOString(),
      Duration: '00:01:35.5000000',
      MessagesActualLength: 12,
      WarningsActualLength: result === 'Warning' ? 1 : 0,
      ErrorsActualLength: result === 'Error' || result === 'Fatal' ? 1 : 0,
      BackendStatistics: {
        RemoteCalls: 11,
        BytesUploaded: 52_428_800,
        BytesDownloaded: 1_048_576,
        FilesUploaded: 4,
        FilesDownloaded: 1,
        FilesDeleted: 2,
        FoldersCreated: 0,
        RetryAttempts: 1,
        UnknownFileSize: 0,
        UnknownFileCount: 0,
        KnownFileCount: 42,
        KnownFileSize: 3_000_000_000,
        LastBackupDate: '2026-07-04T06:30:00+02:00',
        BackupListCount: 7,
        TotalQuotaSpace: 40_000_000_000,
        FreeQuotaSpace: 9_000_000_000,
        AssignedQuotaSpace: -1,
        ReportedQuotaError: false,
        ReportedQuotaWarning: false,
      },
    },
    Extra: {
      OperationName: 'Backup',
      'machine-id': story.machineId ?? randomUUID().replaceAll('-', ''),
      'machine-name': story.server ?? 'willow',
      'backup-name': story.job ?? 'Herb garden',
      'backup-id': `DB-${numberOf(story.job ?? 'Herb garden')}`,
      'operating-system': story.operatingSystem ?? 'Linux',
      'destination-type': story.destination ?? 'file',
    },
    LogLines: lines,
    Exception: story.exception ?? null,
  };
}

/**
 * Returns a number that is specific to the name, like the ids that Duplicati's server assigns to
 * jobs.
 */
function numberOf(job: string): number {
  return [...job].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 100_000, 7);
}

/** Sends a report as Duplicati does. */
export async function send(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
