// What is counted for a host beside refusals: things that are passed on, passed over or started again, and that its operator may want to know.

export const NOTES = [
  { code: 'commit.discontinuous', en: 'Passed on: the commit does not follow from the last one we hold; followers fetch the repository.' },
  { code: 'sync.known', en: 'Passed over: the #sync names the commit we hold.' },
  { code: 'event.unknown-type', en: 'Passed over: an event of a type this version does not know.' },
  { code: 'frame.unknown-op', en: 'Passed over: a frame of an operation this version does not know.' },
  { code: 'frame.passed-over', en: 'Passed over: a frame that could not be decoded, come again after the connection was cut for it.' },
  { code: 'identity.handle-dropped', en: 'Passed on without its handle, which does not resolve both ways.' },
  { code: 'host.rewound', en: 'Started again from its beginning: the host does not know our cursor any more.' },
  { code: 'host.gap', en: 'The host keeps fewer events than we asked for; some are lost to us.' },
  { code: 'host.paused', en: 'Paused: the host has more accounts than its limit.' },
] as const

export type Note = (typeof NOTES)[number]['code']
