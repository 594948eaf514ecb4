/** What asks a thread to end. */
export const END = "end";
