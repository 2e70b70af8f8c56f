/** `T` written out: also what may be missing is named, so that a new key is not forgotten where an object is made key by key. */
export type EveryKey<T> = { [Key in keyof Required<T>]: T[Key] };
