/** First token of a prompt that ends the thread of `dying-worker.ts`. */
export const DEADLY_ID = 499;
