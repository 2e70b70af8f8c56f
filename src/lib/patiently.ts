/** The answer, or `otherwise` if it takes longer than `ms`; late failures are nobody's. @throws what `work` throws within `ms` */
export function patiently<T>(work: Promise<T>, ms: number): Promise<T | undefined>;
export function patiently<T>(work: Promise<T>, ms: number, otherwise: T): Promise<T>;
export async function patiently<T>(work: Promise<T>, ms: number, otherwise?: T): Promise<T | undefined> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<T | undefined>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
