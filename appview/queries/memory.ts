// The same question has the same answer: the last ones are kept, so many at most. An answer that failed is asked for again.

export type Memory<Answer> = (key: string, make: () => Promise<Answer>) => Promise<Answer>

export const createMemory = <Answer>(most: number): Memory<Answer> => {
  const remembered = new Map<string, Promise<Answer>>()
  return (key, make) => {
    const known = remembered.get(key)
    if (known !== undefined) return known
    const answer = make()
    remembered.set(key, answer)
    answer.catch(() => remembered.delete(key))
    for (const oldest of remembered.keys()) {
      if (remembered.size <= most) break
      remembered.delete(oldest)
    }
    return answer
  }
}
