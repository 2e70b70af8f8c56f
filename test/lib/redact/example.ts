const ALPHABETS: Record<string, string> = {
  a: 'aK7bQ2cZ9dW4eX1fV6gY3hT8iS5jR0',
  h: 'a1b2c3d4e5f60789',
  d: '9182736450',
  u: 'A7B2C9D4E1F6G3H8',
  s: 'aK7bQ2cZ9dW4eX1fV6gY3hT8iS5jR0',
};

/** `<a36>` → 36 letters and digits and so on, so that no string of real shape is stored in a file. */
export function expandExample(template: string): { text: string; made: string[] } {
  const made: string[] = [];
  const text = template.replace(/<([ahdus])(\d+)>/g, (_, alphabet: string, length: string) => {
    const letters = ALPHABETS[alphabet] ?? '';
    let value = '';
    for (let i = 0; i < Number(length); i++) value += letters[(i * 7 + made.length * 3) % letters.length];
    made.push(value);
    return value;
  });
  return { text, made };
}
