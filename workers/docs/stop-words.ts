const STOP_WORDS = new Set([
  'the', 'and', 'for', 'with', 'from', 'that', 'this', 'was', 'were', 'are', 'has', 'had', 'have', 'not', 'but', 'its', 'into', 'out', 'off', 'over', 'under', 'after', 'before', 'when', 'where', 'what',
  'which', 'who', 'why', 'how', 'there', 'their', 'then', 'than', 'them', 'they', 'you', 'your', 'our', 'can', 'cannot', 'could', 'should', 'would', 'will', 'may', 'must', 'any', 'all', 'one', 'two',
  'does', 'did', 'been', 'being', 'also', 'only', 'just', 'about', 'because', 'while', 'during', 'per', 'via', 'get', 'got', 'see', 'use', 'used', 'error', 'errors', 'failed', 'failure', 'undefined', 'null',
])

/** Whether a word is in every text about software and so tells no text from another. Given in lower case. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word)
}
