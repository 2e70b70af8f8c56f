import type { PipelineRef } from './pipeline';

/** A deploy, version or configuration change of a Pipeline: "what changed since", and what one can roll back to. */
export interface Change {
  pipeline: PipelineRef;
  kind: 'deployed' | 'version' | 'activated' | 'settings';
  version?: string;
  by?: string;
  at: Date;
  note?: string;
  commit?: string;
  branch?: string;
  url?: string;
  /** True for the version in force now. */
  active?: boolean;
}
