/** The package has types for crc32.js only. */
declare module "crc-32/crc32c.js" {
  const crc32c: {
    /** CRC-32C of bytes, as a signed integer. */
    buf(bytes: Uint8Array, seed?: number): number;
  };
  export default crc32c;
}
