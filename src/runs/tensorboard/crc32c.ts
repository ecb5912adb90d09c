/** The remainder of each byte, divided by the polynomial 0x1EDC6F41 with its bits reversed. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 && 0x82f63b78);
  return rest;
});

/**
 * The CRC-32C (Castagnoli) checksum; zlib's crc32 uses a different polynomial.
 *
 * @see RFC 3720, section 12.1 and appendix B.4
 */
export function crc32c(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = table[(rest ^ byte) & 255]! ^ (rest >>> 8);
  return ~rest >>> 0;
}
