/**
 * Parameters and rows of every statement of sql/, by its name. Written by `npm run sql:types` from what the server says of
 * the statements, and compared by a test: a column that is renamed in sql/ is a compile error where it is used.
 */
export interface Statements {
  'db/mark-commit': {
    params: {
      first: boolean | null;
      slot: string | null;
      token: string | null;
    };
    row: never;
  };
  'db/schema': {
    params: Record<never, never>;
    row: {
      text: string;
    };
  };
  'db/settle-commit': {
    params: {
      slot: string | null;
      token: string | null;
    };
    row: {
      committed: boolean;
    };
  };
  'ledger/accept-ledger': {
    params: {
      seen: number | null;
    };
    row: {
      generation: number;
    };
  };
  'ledger/accept-threshold': {
    params: {
      id: string | null;
    };
    row: never;
  };
  'ledger/add-account': {
    params: {
      name: string | null;
      platform: string | null;
      stage: string | null;
    };
    row: never;
  };
  'ledger/add-seconds': {
    params: {
      stage: string | null;
      seconds: string | number | null;
      id: string | null;
    };
    row: never;
  };
  'ledger/adopt-dismissed': {
    params: {
      run: string | null;
    };
    row: {
      id: number;
    };
  };
  'ledger/close-run': {
    params: {
      done: boolean | null;
      id: string | null;
      token: number | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/consent': {
    params: {
      account: string | null;
    };
    row: {
      agreed: boolean;
    };
  };
  'ledger/count-commit': {
    params: {
      token: number | null;
      identity: string | null;
    };
    row: {
      commits: number;
    };
  };
  'ledger/create-run': {
    params: {
      id: string | null;
      pipeline: string | null;
      account: string | null;
      kind: string | null;
      scope: string | null;
      mode: string | null;
      businessDate: string | null;
      actor: string | null;
      definition: unknown;
      definitionHash: string | null;
      accountDefinition: unknown;
      options: unknown;
      of: readonly string[] | null;
      folder: string | null;
      token: number | null;
    };
    row: {
      id: string;
      seq: number;
    };
  };
  'ledger/decide': {
    params: {
      actor: string | null;
      verb: string | null;
      account: string | null;
      run: string | null;
      note: string | null;
      detail: unknown;
    };
    row: never;
  };
  'ledger/dismiss-group': {
    params: {
      actor: string | null;
      note: string | null;
      run: string | null;
      number: number | null;
    };
    row: {
      number: number;
    };
  };
  'ledger/dismiss-run': {
    params: {
      actor: string | null;
      note: string | null;
      id: string | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/doctor': {
    params: Record<never, never>;
    row: {
      version: string;
      versionNumber: number;
      now: Date;
      role: string;
      synchronousCommit: string;
      readOnly: boolean;
      fsync: string;
      walLevel: string;
      maxConnections: number;
      connections: number;
      standby: boolean;
      bytes: number;
      mayStage: boolean;
      hasSchema: boolean;
    };
  };
  'ledger/end-owner': {
    params: {
      token: number | null;
      identity: string | null;
    };
    row: never;
  };
  'ledger/end-run': {
    params: {
      status: string | null;
      exitCode: number | null;
      stopCode: string | null;
      stopReason: string | null;
      id: string | null;
      token: number | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/error-group': {
    params: {
      run: string | null;
      number: number | null;
    };
    row: {
      code: string;
      field: string;
      platformCode: string;
    };
  };
  'ledger/fence-owner': {
    params: {
      token: number | null;
      heartbeatAt: Date | string | null;
    };
    row: {
      token: number;
    };
  };
  'ledger/files': {
    params: {
      run: string | null;
    };
    row: {
      id: number;
      run: string;
      place: number;
      name: string;
      path: string;
      businessDate: string | null;
      sha256: string | null;
      contentSha256: string | null;
      bytes: number;
      records: number;
      skipped: unknown;
      verdict: 'staged' | 'duplicate' | 'empty' | 'refused' | 'unfinished';
      code: string | null;
      reason: string | null;
      earlierRun: string | null;
      correctionOf: number | null;
      rawTable: string | null;
      header: unknown;
      rawColumns: unknown;
      bound: unknown;
      amounts: unknown;
      normalized: boolean;
      damaged: number;
    };
  };
  'ledger/files-done': {
    params: {
      id: string | null;
      due: number | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/files-due': {
    params: {
      ids: readonly string[] | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/find-run': {
    params: {
      pipeline: string | null;
      date: string | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/forget-origin': {
    params: {
      account: string | null;
    };
    row: {
      name: string;
    };
  };
  'ledger/group-rows': {
    params: {
      run: string | null;
      number: number | null;
    };
    row: {
      rows: number;
    };
  };
  'ledger/heartbeat': {
    params: {
      leaseMs: number | null;
      token: number | null;
      identity: string | null;
    };
    row: {
      id: string;
      generation: number;
      system: string | null;
      timeline: number | null;
      flushed: string | null;
      newest: number;
      owners: unknown;
    };
  };
  'ledger/history': {
    params: {
      pipeline: string | null;
      account: string | null;
      kind: string | null;
      source: string | null;
    };
    row: {
      id: string;
      definition: unknown;
    };
  };
  'ledger/hold-run': {
    params: {
      token: number | null;
      id: string | null;
      heldBy: number | null;
    };
    row: {
      id: string;
      seq: number;
    };
  };
  'ledger/ledger-place': {
    params: {
      tokens: readonly number[] | null;
    };
    row: {
      id: string;
      generation: number;
      system: string | null;
      timeline: number | null;
      flushed: string | null;
      newest: number;
      owners: unknown;
    };
  };
  'ledger/live-run': {
    params: {
      pipeline: string | null;
      scope: string | null;
    };
    row: {
      id: string;
      owner: number;
    };
  };
  'ledger/move-folder': {
    params: {
      folder: string | null;
      id: string | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/new-ending': {
    params: {
      status: string | null;
      exitCode: number | null;
      id: string | null;
    };
    row: never;
  };
  'ledger/note-carried': {
    params: {
      run: string | null;
    };
    row: never;
  };
  'ledger/owner': {
    params: {
      token: number | null;
    };
    row: {
      token: number;
      host: string;
      bootId: string;
      namespace: string;
      pid: number;
      processStart: string;
      actor: string;
      verb: string;
      heartbeatAt: string;
      leaseMs: number;
      gone: boolean;
      overdue: boolean;
    };
  };
  'ledger/pause-account': {
    params: {
      until: Date | string | null;
      reason: string | null;
      actor: string | null;
      account: string | null;
    };
    row: {
      name: string;
    };
  };
  'ledger/record-consent': {
    params: {
      account: string | null;
    };
    row: never;
  };
  'ledger/register-owner': {
    params: {
      host: string | null;
      bootId: string | null;
      namespace: string | null;
      pid: number | null;
      processStart: string | null;
      actor: string | null;
      verb: string | null;
      leaseMs: number | null;
    };
    row: {
      token: number;
      identity: string;
    };
  };
  'ledger/rehearse': {
    params: {
      id: string | null;
      pipeline: string | null;
      account: string | null;
      kind: string | null;
      businessDate: string | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/release-dead-run': {
    params: {
      id: string | null;
      heldBy: number | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/reopen-runs': {
    params: {
      ids: readonly string[] | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/request-stop': {
    params: {
      id: string | null;
    };
    row: {
      id: string;
      pipeline: string;
    };
  };
  'ledger/run': {
    params: {
      id: string | null;
    };
    row: {
      id: string;
      seq: number;
      pipeline: string;
      account: string;
      platform: string;
      accountStage: 'sandbox' | 'staging' | 'production';
      kind: string;
      scope: 'nightly' | 'backfill' | 'rerun';
      mode: 'run' | 'rerun' | 'backfill';
      businessDate: string | null;
      actor: string;
      definition: unknown;
      definitionHash: string;
      accountDefinition: unknown;
      options: unknown;
      of: readonly string[];
      folder: string;
      stage: 'read' | 'stage' | 'normalize' | 'push' | 'report' | 'done';
      status: 'running' | 'completed' | 'completed_with_errors' | 'stopped' | 'failed' | 'interrupted';
      exitCode: number | null;
      stopCode: string | null;
      stopReason: string | null;
      version: number;
      seconds: unknown;
      carried: unknown;
      owner: number | null;
      stopRequested: boolean;
      startedAt: Date;
      finishedAt: Date | null;
      dismissedAt: Date | null;
      dismissedBy: string | null;
      dismissedNote: string | null;
      asOf: Date;
    };
  };
  'ledger/runs-due': {
    params: Record<never, never>;
    row: {
      id: string;
      folder: string;
      due: number;
    };
  };
  'ledger/runs-of-operations': {
    params: {
      operations: readonly number[] | null;
    };
    row: {
      id: string;
      folder: string;
    };
  };
  'ledger/senders': {
    params: {
      account: string | null;
      platform: string | null;
      kind: string | null;
      pipeline: string | null;
      source: string | null;
    };
    row: {
      account: string;
      origin: string | null;
      pipeline: string;
      run: string;
      seq: number;
      day: string;
      accepted: boolean;
    };
  };
  'ledger/set-stage': {
    params: {
      stage: string | null;
      id: string | null;
      token: number | null;
    };
    row: {
      id: string;
    };
  };
  'ledger/stop-requested': {
    params: {
      id: string | null;
    };
    row: {
      stop: boolean;
    };
  };
  'ledger/touched-runs': {
    params: {
      run: string | null;
    };
    row: {
      id: string;
      folder: string;
    };
  };
  'ledger/unfinished-runs': {
    params: Record<never, never>;
    row: {
      id: string;
      pipeline: string;
      scope: 'nightly' | 'backfill' | 'rerun';
      stage: 'read' | 'stage' | 'normalize' | 'push' | 'report' | 'done';
      status: 'running' | 'completed' | 'completed_with_errors' | 'stopped' | 'failed' | 'interrupted';
      exitCode: number | null;
      held: boolean;
      dismissed: boolean;
    };
  };
  'ledger/unpause-account': {
    params: {
      account: string | null;
    };
    row: {
      name: string;
    };
  };
  'ledger/waiting-operations': {
    params: {
      run: string | null;
    };
    row: {
      total: number;
      parked: number;
      failed: number;
      answered: number;
    };
  };
  'normalize/analyze-crosswalk': {
    params: Record<never, never>;
    row: never;
  };
  'normalize/analyze-ledger': {
    params: Record<never, never>;
    row: never;
  };
  'normalize/at-mark': {
    params: {
      run: string | null;
      file: number | null;
      after: number | null;
    };
    row: {
      here: number;
    };
  };
  'normalize/change-met': {
    params: {
      run: string | null;
      pipeline: string | null;
      runSeq: number | null;
      keyType: string | null;
      nature: string | null;
      account: string | null;
      kind: string | null;
      recipe: number | null;
      parkFor: string | number | null;
      subjectType: string | null;
      file: number | null;
      after: number | null;
      until: number | null;
    };
    row: never;
  };
  'normalize/chunk-end': {
    params: {
      file: number | null;
      after: number | null;
      size: number | null;
    };
    row: {
      record: number;
    };
  };
  'normalize/count-meetings': {
    params: {
      run: string | null;
      account: string | null;
      kind: string | null;
    };
    row: {
      conflicts: string;
    };
  };
  'normalize/counts': {
    params: {
      run: string | null;
    };
    row: {
      read: string;
      damaged: number;
      filtered: string;
      rejected: string;
      operations: number;
      unknownMembers: number;
    };
  };
  'normalize/decide-met': {
    params: {
      revives: boolean | null;
      file: number | null;
      after: number | null;
      until: number | null;
    };
    row: never;
  };
  'normalize/expire-parked': {
    params: {
      by: string | null;
      field: string | null;
      account: string | null;
      pipeline: string | null;
      limit: number | null;
    };
    row: {
      run: string;
    };
  };
  'normalize/files': {
    params: {
      run: string | null;
    };
    row: {
      id: number;
      place: number;
      name: string;
      rawTable: string | null;
      bound: unknown;
      header: unknown;
      rawColumns: unknown;
      contentSha256: string;
      businessDate: string;
      runSeq: number;
      corrects: readonly number[];
      records: number;
      rowsDone: boolean;
      built: boolean;
      done: boolean;
      nextRecord: number;
    };
  };
  'normalize/forecast': {
    params: Record<never, never>;
    row: {
      bucket: 'send' | 'duplicate' | 'filtered' | 'rejected' | 'parked';
      operations: number;
      rows: number;
      value: string;
    };
  };
  'normalize/forecast-faults': {
    params: {
      after: number | null;
      until: number | null;
      columns: string | null;
      run: string | null;
    };
    row: {
      code: string;
      field: string;
      rows: number;
    };
  };
  'normalize/import-members': {
    params: {
      keyTypes: readonly string[] | null;
      keys: readonly string[] | null;
      memberIds: readonly string[] | null;
      lines: readonly number[] | null;
      account: string | null;
      actor: string | null;
    };
    row: {
      line: number;
      keyType: string;
      outcome: 'added' | 'known' | 'conflict';
    };
  };
  'normalize/lanes': {
    params: {
      account: string | null;
      subjectType: string | null;
      file: number | null;
      after: number | null;
      until: number | null;
    };
    row: never;
  };
  'normalize/lock': {
    params: {
      account: string | null;
      kind: string | null;
    };
    row: {
      pgAdvisoryXactLock: void;
    };
  };
  'normalize/lock-met': {
    params: {
      file: number | null;
      after: number | null;
      until: number | null;
    };
    row: {
      id: number;
    };
  };
  'normalize/mark-built': {
    params: {
      run: string | null;
      files: readonly number[] | null;
    };
    row: {
      file: number;
    };
  };
  'normalize/mark-chunk': {
    params: {
      until: number | null;
      run: string | null;
      file: number | null;
    };
    row: never;
  };
  'normalize/mark-file': {
    params: {
      file: number | null;
    };
    row: never;
  };
  'normalize/mark-rows': {
    params: {
      run: string | null;
      file: number | null;
    };
    row: {
      file: number;
    };
  };
  'normalize/meet': {
    params: {
      corrects: readonly number[] | null;
      account: string | null;
      kind: string | null;
      file: number | null;
      after: number | null;
      until: number | null;
    };
    row: never;
  };
  'normalize/operations': {
    params: {
      account: string | null;
      subjectType: string | null;
      file: number | null;
      after: number | null;
      until: number | null;
      kind: string | null;
      nature: string | null;
      pipeline: string | null;
      run: string | null;
      keyType: string | null;
      runSeq: number | null;
      recipe: number | null;
      parkFor: string | number | null;
    };
    row: {
      wanted: number;
      made: number;
    };
  };
  'normalize/parked-known': {
    params: {
      account: string | null;
      pipeline: string | null;
      mostBytes: number | null;
      limit: number | null;
    };
    row: {
      id: number;
      subject: string;
    };
  };
  'normalize/release': {
    params: {
      subjectType: string | null;
      ids: readonly number[] | null;
      subjects: readonly string[] | null;
    };
    row: {
      run: string;
    };
  };
  'normalize/release-lanes': {
    params: {
      account: string | null;
      subjectType: string | null;
      subjects: readonly string[] | null;
    };
    row: never;
  };
  'normalize/released-runs': {
    params: {
      pipeline: string | null;
      account: string | null;
    };
    row: {
      run: string;
    };
  };
  'normalize/rerun-clear-errors': {
    params: {
      after: number | null;
      until: number | null;
      file: number | null;
    };
    row: never;
  };
  'normalize/rerun-counts': {
    params: {
      run: string | null;
    };
    row: {
      read: number;
      damaged: number;
      filtered: string;
      rejected: string;
      operations: number;
      unknownMembers: number;
    };
  };
  'normalize/rerun-files': {
    params: {
      run: string | null;
    };
    row: {
      id: number;
      place: number;
      name: string;
      rawTable: string | null;
      bound: unknown;
      header: unknown;
      rawColumns: unknown;
      contentSha256: string;
      businessDate: string;
      runSeq: number;
      corrects: readonly number[];
      records: number;
      rowsDone: boolean;
      built: boolean;
      done: boolean;
      nextRecord: number;
    };
  };
  'normalize/rerun-forecast': {
    params: {
      after: number | null;
      until: number | null;
    };
    row: {
      bucket: 'send' | 'duplicate' | 'filtered' | 'rejected' | 'parked';
      operations: number;
      rows: number;
      amount: string;
      readable: number;
      readableAmount: string;
    };
  };
  'normalize/rerun-meet': {
    params: {
      nature: string | null;
      account: string | null;
      kind: string | null;
      file: number | null;
      after: number | null;
      until: number | null;
    };
    row: never;
  };
  'normalize/rerun-rows': {
    params: {
      after: number | null;
      until: number | null;
      file: number | null;
    };
    row: never;
  };
  'normalize/rerun-uncertain': {
    params: {
      file: number | null;
      across: boolean | null;
    };
    row: never;
  };
  'normalize/row-errors': {
    params: {
      run: string | null;
      after: number | null;
      until: number | null;
      columns: string | null;
      file: number | null;
    };
    row: never;
  };
  'normalize/rows': {
    params: {
      file: number | null;
      after: number | null;
      until: number | null;
    };
    row: never;
  };
  'normalize/same-run': {
    params: {
      columns: string | null;
    };
    row: never;
  };
  'normalize/uncertain': {
    params: {
      file: number | null;
      across: boolean | null;
    };
    row: never;
  };
  'normalize/widen': {
    params: {
      run: string | null;
      across: boolean | null;
    };
    row: {
      file: number;
      record: number;
    };
  };
  'normalize/withdrawn': {
    params: {
      file: number | null;
      corrects: readonly number[] | null;
    };
    row: never;
  };
  'push/account': {
    params: {
      account: string | null;
    };
    row: {
      nowMs: number;
      paused: boolean;
      pauseReason: string | null;
      pausedUntil: Date | null;
      stoppedAt: number | null;
      stopReason: string | null;
      breaker: 'closed' | 'open' | 'probing';
      probeToken: number | null;
      probeDue: boolean;
      guardMs: number;
      jitterMs: number;
      nextSlotMs: number | null;
      origin: string | null;
    };
  };
  'push/announce-sender': {
    params: {
      account: string | null;
      token: number | null;
      slowestMs: number | null;
    };
    row: never;
  };
  'push/begin-probe': {
    params: {
      token: number | null;
      withinMs: number | null;
      account: string | null;
    };
    row: never;
  };
  'push/book-slots': {
    params: {
      farMs: number | null;
      leadMs: number | null;
      spanMs: number | null;
      jitterMs: number | null;
      account: string | null;
    };
    row: {
      startMs: number;
    };
  };
  'push/book-window': {
    params: {
      account: string | null;
      windowMs: number | null;
      sliceMs: number | null;
      permits: number | null;
    };
    row: never;
  };
  'push/candidates': {
    params: {
      runs: readonly string[] | null;
      after: number | null;
      most: number | null;
    };
    row: {
      lane: number;
    };
  };
  'push/candidates-only': {
    params: {
      runs: readonly string[] | null;
      after: number | null;
      among: readonly number[] | null;
      only: string | null;
      most: number | null;
    };
    row: {
      lane: number;
    };
  };
  'push/decide': {
    params: {
      decided: unknown;
      as: string | null;
      by: string | null;
    };
    row: {
      id: number;
    };
  };
  'push/doubts': {
    params: {
      patienceMs: number | null;
      token: number | null;
      account: string | null;
      farMs: number | null;
      busy: readonly number[] | null;
      most: number | null;
    };
    row: {
      operation: number;
      lane: number;
      kind: string;
      run: string;
      subject: string;
      key: string;
      payload: string;
      nature: 'event' | 'state';
      attempts: number;
      resends: number;
      doubtMs: number;
      sinceSentMs: number | null;
      retry: boolean;
      budgeted: boolean;
      lateOutcome: string | null;
      lateStatus: number | null;
      lateReason: string | null;
      unapplied: boolean;
      ours: boolean;
      accepted: unknown;
    };
  };
  'push/give-back': {
    params: {
      behind: boolean | null;
      account: string | null;
      token: number | null;
      kept: readonly number[] | null;
    };
    row: never;
  };
  'push/give-places': {
    params: {
      account: string | null;
      token: number | null;
      fewer: number | null;
    };
    row: never;
  };
  'push/heads': {
    params: {
      farMs: number | null;
      patienceMs: number | null;
      lanes: readonly number[] | null;
      runs: readonly string[] | null;
      among: readonly number[] | null;
      only: string | null;
    };
    row: {
      lane: number;
      operation: number;
      kind: string;
      run: string;
      subject: string;
      key: string;
      payload: string;
      nature: 'event' | 'state';
      attempts: number;
      resends: number;
      early: boolean;
      budgeted: boolean;
      doubtful: boolean;
      permitted: boolean;
      sinceSentMs: number | null;
      accepted: unknown;
      olderUnsettled: boolean;
    };
  };
  'push/held-by-others': {
    params: {
      account: string | null;
      token: number | null;
    };
    row: {
      token: number;
    };
  };
  'push/intend': {
    params: {
      intents: unknown;
      token: number | null;
      by: string | null;
      deadlineMs: number | null;
    };
    row: {
      attempt: number;
      operation: number;
      n: number;
      method: string;
      url: string;
      headers: unknown;
      body: string | null;
    };
  };
  'push/late-answers': {
    params: {
      answers: unknown;
      token: number | null;
    };
    row: never;
  };
  'push/lift-stop': {
    params: {
      account: string | null;
      seen: number | null;
    };
    row: never;
  };
  'push/lock-lanes': {
    params: {
      lanes: readonly number[] | null;
      account: string | null;
      token: number | null;
      most: number | null;
    };
    row: {
      lane: number;
    };
  };
  'push/lock-lanes-of': {
    params: {
      operations: readonly number[] | null;
    };
    row: {
      id: number;
    };
  };
  'push/note-suspects': {
    params: {
      token: number | null;
      suspects: unknown;
      account: string | null;
    };
    row: never;
  };
  'push/origin': {
    params: {
      account: string | null;
    };
    row: {
      origin: string | null;
    };
  };
  'push/pause': {
    params: {
      reason: string | null;
      waitMs: number | null;
      account: string | null;
    };
    row: never;
  };
  'push/probed': {
    params: {
      well: boolean | null;
      account: string | null;
      probeAfterMs: number | null;
      token: number | null;
    };
    row: never;
  };
  'push/record-answers': {
    params: {
      account: string | null;
      bad: readonly boolean[] | null;
    };
    row: never;
  };
  'push/record-origin': {
    params: {
      origin: string | null;
      account: string | null;
    };
    row: never;
  };
  'push/release-lanes': {
    params: {
      token: number | null;
      operations: readonly number[] | null;
    };
    row: never;
  };
  'push/remove-senders': {
    params: {
      account: string | null;
      tokens: readonly number[] | null;
    };
    row: never;
  };
  'push/senders': {
    params: {
      account: string | null;
    };
    row: {
      token: number;
      slowestMs: number;
      places: number;
      gone: boolean;
      resting: boolean;
    };
  };
  'push/settle': {
    params: {
      settlements: unknown;
      token: number | null;
    };
    row: {
      operation: number;
    };
  };
  'push/settle-suspects': {
    params: {
      reason: string | null;
      by: string | null;
      suspects: unknown;
      account: string | null;
    };
    row: never;
  };
  'push/settle-unsent': {
    params: {
      settled: unknown;
    };
    row: {
      id: number;
    };
  };
  'push/stop-account': {
    params: {
      reason: string | null;
      account: string | null;
    };
    row: never;
  };
  'push/take-lanes': {
    params: {
      token: number | null;
      lanes: readonly number[] | null;
      operations: readonly number[] | null;
    };
    row: {
      lane: number;
    };
  };
  'push/take-over': {
    params: {
      account: string | null;
      dead: readonly number[] | null;
      kinds: readonly string[] | null;
      token: number | null;
    };
    row: {
      operation: number | null;
      deadlineMs: number | null;
    };
  };
  'push/take-places': {
    params: {
      account: string | null;
      token: number | null;
      maxInFlight: number | null;
      more: number | null;
    };
    row: never;
  };
  'push/trip-breaker': {
    params: {
      account: string | null;
      probeAfterMs: number | null;
    };
    row: {
      name: string;
    };
  };
  'push/unknown-operations': {
    params: {
      run: string | null;
      file: number | null;
      record: number | null;
      code: string | null;
      field: string | null;
      platformCode: string | null;
    };
    row: {
      operation: number;
      account: string;
      kind: string;
      nature: 'event' | 'state';
      run: string;
      lane: number | null;
      payload: string;
      rows: number;
      accepted: unknown;
    };
  };
  'push/unsettled': {
    params: {
      runs: readonly string[] | null;
      among: readonly number[] | null;
      only: string | null;
      token: number | null;
      account: string | null;
    };
    row: {
      unsettled: boolean;
      pending: boolean;
    };
  };
  'push/watch': {
    params: {
      runs: readonly string[] | null;
      account: string | null;
    };
    row: {
      paused: boolean;
      stoppedAt: number | null;
      stopReason: string | null;
      breaker: 'closed' | 'open' | 'probing';
      breakerMs: number | null;
      stopRequested: boolean;
    };
  };
  'push/window-used': {
    params: {
      windowMs: number | null;
      sliceMs: number | null;
      account: string | null;
    };
    row: {
      used: number;
      freeInMs: number | null;
    };
  };
  'report/about': {
    params: {
      run: string | null;
    };
    row: {
      schema: number;
      before: unknown;
      beforeRun: string | null;
      subjects: number;
      reruns: unknown;
      host: string | null;
    };
  };
  'report/accounts': {
    params: Record<never, never>;
    row: {
      name: string;
      platform: string;
      stage: 'sandbox' | 'staging' | 'production';
      paused: boolean | null;
      pauseReason: string | null;
      stoppedAt: Date | null;
      stopReason: string | null;
      breaker: 'closed' | 'open' | 'probing';
    };
  };
  'report/books': {
    params: {
      run: string | null;
    };
    row: {
      file: number;
      bucket: string;
      currency: string | null;
      rows: number;
      amount: string;
      unreadable: number;
      corrected: string;
    };
  };
  'report/database': {
    params: Record<never, never>;
    row: {
      bytes: number;
      schema: number;
      held: number;
    };
  };
  'report/dismissed': {
    params: {
      run: string | null;
    };
    row: {
      all: boolean;
      rows: number;
    };
  };
  'report/find-anywhere': {
    params: {
      value: string | null;
      prefix: string | null;
    };
    row: {
      id: number;
    };
  };
  'report/find-operations': {
    params: {
      value: string | null;
      file: number | null;
      record: number | null;
    };
    row: {
      id: number;
    };
  };
  'report/found-attempts': {
    params: {
      operations: readonly number[] | null;
    };
    row: {
      id: number;
      operation: number;
      revision: number;
      n: number;
      run: string;
      purpose: 'send' | 'resend';
      method: string;
      url: string;
      body: string | null;
      at: Date;
      outcome: 'delivered' | 'failed' | 'throttled' | 'transient' | 'doubt' | 'not_sent' | 'stopped' | null;
      httpStatus: number | null;
      platformCode: string | null;
      reason: string | null;
      answer: string | null;
      requestId: string | null;
      ms: number | null;
      late: unknown;
    };
  };
  'report/found-operations': {
    params: {
      operations: readonly number[] | null;
    };
    row: {
      id: number;
      account: string;
      kind: string;
      nature: 'event' | 'state';
      run: string;
      identity: string | null;
      subject: string | null;
      memberKey: string | null;
      revision: number;
      key: string | null;
      value: string | null;
      state: 'parked' | 'ready' | 'sending' | 'in_doubt' | 'delivered' | 'unchanged' | 'superseded' | 'failed' | 'unknown' | 'rejected';
      attempts: number;
      versionAt: Date;
      code: string | null;
      field: string | null;
      reason: string | null;
      httpStatus: number | null;
      platformCode: string | null;
      platformId: string | null;
      requestId: string | null;
      settledAt: Date | null;
      settledBy: string | null;
      parkUntil: Date | null;
    };
  };
  'report/group-samples': {
    params: {
      run: string | null;
      most: number | null;
    };
    row: {
      number: number;
      file: number;
      record: number;
      line: number;
      operation: number;
      requestId: string | null;
      value: string;
      reason: string;
    };
  };
  'report/groups': {
    params: {
      run: string | null;
    };
    row: {
      number: number;
      code: string;
      field: string;
      platformCode: string;
      bucket: string;
      currency: string | null;
      ofKind: boolean;
      rows: number;
      operations: number;
      amount: string;
      unreadable: number;
      dismissedAt: Date | null;
      dismissedBy: string | null;
      dismissedNote: string | null;
      first: readonly number[];
      last: readonly number[];
    };
  };
  'report/keep-figures': {
    params: {
      run: string | null;
      asOf: Date | string | null;
      figures: unknown;
    };
    row: never;
  };
  'report/last-runs': {
    params: Record<never, never>;
    row: {
      id: string;
      pipeline: string;
      scope: 'nightly' | 'backfill' | 'rerun';
      account: string;
      stage: 'read' | 'stage' | 'normalize' | 'push' | 'report' | 'done';
      status: 'running' | 'completed' | 'completed_with_errors' | 'stopped' | 'failed' | 'interrupted';
      exitCode: number | null;
      stopCode: string | null;
      stopReason: string | null;
      startedAt: Date;
      finishedAt: Date | null;
      definition: unknown;
      figures: unknown;
      asOf: Date | null;
      now: Date;
      newest: boolean;
      dismissed: boolean;
      dismissedBy: string | null;
      dismissedNote: string | null;
      rowsDismissed: boolean;
      refused: unknown;
      alive: boolean;
    };
  };
  'report/latencies': {
    params: {
      bounds: readonly number[] | null;
      run: string | null;
    };
    row: {
      step: number;
      requests: number;
    };
  };
  'report/latest-run': {
    params: Record<never, never>;
    row: {
      id: string;
    };
  };
  'report/number-groups': {
    params: {
      run: string | null;
    };
    row: never;
  };
  'report/observed-latency': {
    params: {
      account: string | null;
    };
    row: {
      ms: number | null;
    };
  };
  'report/operations': {
    params: {
      run: string | null;
    };
    row: {
      bucket: string;
      operations: number;
      value: string;
    };
  };
  'report/requests': {
    params: {
      run: string | null;
    };
    row: {
      sent: number;
      retried: number;
      throttled: number;
      p50: number | null;
      p99: number | null;
      sending: number;
    };
  };
  'report/said-before': {
    params: {
      run: string | null;
    };
    row: {
      said: string | null;
    };
  };
  'report/selected': {
    params: {
      run: string | null;
    };
    row: {
      file: number;
      bucket: string;
      currency: string | null;
      rows: number;
      amount: string;
      unreadable: number;
      corrected: string;
    };
  };
  'report/selected-operations': {
    params: {
      run: string | null;
    };
    row: {
      bucket: string;
      operations: number;
      value: string;
    };
  };
  'report/series': {
    params: {
      run: string | null;
      step: string | number | null;
    };
    row: {
      step: number;
      sent: number;
      throttled: number;
      failed: number;
      p50: number | null;
      p99: number | null;
      inFlight: number;
    };
  };
  'report/series-span': {
    params: {
      run: string | null;
    };
    row: {
      first: Date | null;
      last: Date | null;
    };
  };
  'report/set-version': {
    params: {
      version: number | null;
      run: string | null;
    };
    row: never;
  };
  'report/success': {
    params: {
      run: string | null;
    };
    row: {
      file: number;
      record: number;
      identity: string;
      platformId: string | null;
    };
  };
  'report/unknown-runs': {
    params: Record<never, never>;
    row: {
      run: string;
      rows: number;
      oldest: Date;
      open: number;
      oldestOpen: Date | null;
    };
  };
  'report/usual': {
    params: {
      run: string | null;
    };
    row: {
      id: string;
      businessDate: string | null;
      startedAt: Date;
      finishedAt: Date | null;
      figures: unknown;
    };
  };
  'report/waiting': {
    params: {
      run: string | null;
    };
    row: {
      state: 'parked' | 'ready' | 'sending' | 'in_doubt' | 'delivered' | 'unchanged' | 'superseded' | 'failed' | 'unknown' | 'rejected';
      days: number;
      operations: number;
      members: number;
      nextRelease: Date | null;
    };
  };
  'report/withdrawn': {
    params: {
      run: string | null;
    };
    row: {
      file: number;
      ofFile: number;
      ofRun: string;
      rows: number;
    };
  };
  'rerun/definitions': {
    params: {
      ids: readonly string[] | null;
    };
    row: {
      id: string;
      account: string;
      kind: string;
      definition: unknown;
    };
  };
  'rerun/files': {
    params: {
      rerun: string | null;
    };
    row: {
      id: number;
      name: string;
      header: unknown;
      rawTable: string | null;
    };
  };
  'rerun/note-was': {
    params: {
      rerun: string | null;
    };
    row: never;
  };
  'rerun/rehearse': {
    params: {
      id: string | null;
      pipeline: string | null;
      account: string | null;
      kind: string | null;
      of: string | null;
    };
    row: {
      id: string;
    };
  };
  'rerun/select-rows': {
    params: {
      rerun: string | null;
      only: unknown;
      run: string | null;
      code: string | null;
      group: number | null;
      stage: string | null;
      since: Date | string | null;
    };
    row: {
      record: number;
    };
  };
  'rerun/sent': {
    params: {
      file: number | null;
      records: readonly number[] | null;
    };
    row: {
      record: number;
    };
  };
  'rerun/set-of': {
    params: {
      rerun: string | null;
    };
    row: {
      of: readonly string[];
    };
  };
  'rerun/unfinished': {
    params: {
      run: string | null;
    };
    row: {
      id: string;
    };
  };
  'rerun/unknown': {
    params: {
      run: string | null;
    };
    row: {
      rows: number;
    };
  };
  'stage/add-file': {
    params: {
      run: string | null;
      account: string | null;
      pipeline: string | null;
      place: number | null;
      name: string | null;
      path: string | null;
      businessDate: string | null;
      sha256: string | null;
      contentSha256: string | null;
      bytes: number | null;
      verdict: string | null;
      code: string | null;
      reason: string | null;
      earlierRun: string | null;
      allowedAgain: boolean | null;
      correctionOf: number | null;
    };
    row: {
      id: number;
    };
  };
  'stage/correction-of': {
    params: {
      account: string | null;
      pipeline: string | null;
      name: string | null;
      businessDate: string | null;
      contentSha256: string | null;
      run: string | null;
    };
    row: {
      id: number;
      run: string;
    };
  };
  'stage/forget-note': {
    params: {
      ids: readonly number[] | null;
      path: string | null;
      name: string | null;
    };
    row: never;
  };
  'stage/known-file': {
    params: {
      name: string | null;
      account: string | null;
      pipeline: string | null;
      contentSha256: string | null;
    };
    row: {
      id: number;
      run: string;
      name: string;
      businessDate: string | null;
      wentOn: boolean;
    };
  };
  'stage/landed-file': {
    params: {
      rawTable: string | null;
      header: unknown;
      rawColumns: unknown;
      bound: unknown;
      records: number | null;
      skipped: unknown;
      amounts: unknown;
      id: number | null;
    };
    row: never;
  };
  'stage/next-place': {
    params: {
      run: string | null;
    };
    row: {
      place: number;
    };
  };
  'stage/notes': {
    params: {
      run: string | null;
    };
    row: {
      id: number;
    };
  };
  'stage/still-ours': {
    params: {
      run: string | null;
      token: number | null;
    };
    row: {
      ours: number;
    };
  };
  'stage/usual-records': {
    params: {
      account: string | null;
      pipeline: string | null;
      run: string | null;
    };
    row: {
      records: number | null;
    };
  };
}
