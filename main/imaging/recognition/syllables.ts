/**
 * @file Which syllables Vietnamese can have, by rule: an onset, a rime, a tone. About 6,500 of the 18,000 combinations of
 * letters and marks that look like one. A recognised name whose syllable cannot exist has been misread.
 */

export type Tone = 'level' | 'acute' | 'grave' | 'hook' | 'tilde' | 'dot';

const TONE_MARKS: Readonly<Record<string, Tone>> = {
  '\u0301': 'acute',
  '\u0300': 'grave',
  '\u0309': 'hook',
  '\u0303': 'tilde',
  '\u0323': 'dot',
};

const ONSETS = 'b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x'.split(' ');

const RIMES = new Set(
  (
    'a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây ' +
    'e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu ' +
    'y yêm yên yêng yêt yêu o oc oi om on ong op ot ooc oong oa oac oach oai oam oan oang oanh oao oap oat oay ' +
    'oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut ' +
    'uâc uân uâng uât uây uê uêch uênh uơ uôc uôi uôm uôn uông uôt uy uya uych uynh uyt uyp uyu uyên uyêt ' +
    'ư ưa ưc ưi ưm ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu'
  ).split(' '),
);
/** Behind `qu`, whose u is already the medial. */
const RIMES_AFTER_QU = new Set(
  'a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt âc ân âng ât ây e en eo et ê êch ên ênh êt i it in ôc y ych ynh yt yên yêt ơ ơn ơt'.split(
    ' ',
  ),
);
const FRONT_VOWELS = /^[eêiy]/;

/** The letters without their tone, and the tone; `null` when two tones stand on one syllable. Lower case, composed. */
export function splitTone(syllable: string): { letters: string; tone: Tone } | null {
  let tone: Tone = 'level';
  let letters = '';
  for (const character of syllable.toLowerCase().normalize('NFD')) {
    const mark = TONE_MARKS[character];
    if (mark === undefined) letters += character;
    else if (tone === 'level') tone = mark;
    else return null;
  }
  return { letters: letters.normalize('NFC'), tone };
}

/** Whether a Vietnamese syllable can be spelled so. The place of the tone mark is free: `hòa` and `hoà` are one. */
export function isSyllable(word: string): boolean {
  const split = splitTone(word);
  return split !== null && isSpelling(split.letters) && toneFits(split.letters, split.tone);
}

/** Syllables that stop short carry the acute or the dot, never another tone. */
function toneFits(letters: string, tone: Tone): boolean {
  return !/(?:c|ch|p|t)$/.test(letters) || tone === 'acute' || tone === 'dot';
}

function isSpelling(letters: string): boolean {
  if (RIMES.has(letters)) return !/^(?:iê|y(?!ê|$))/.test(letters);
  // Longest first, and both ways for `gi`: `giêng` is gi + êng, `gin` is g + in.
  return ONSETS.some((onset) => letters.startsWith(onset) && fits(onset, letters.slice(onset.length)));
}

function fits(onset: string, rime: string): boolean {
  if (onset === 'qu') return RIMES_AFTER_QU.has(rime);
  if (onset === 'gi') return rime === '' || (RIMES.has(rime) && !/^[iy]/.test(rime));
  if (!RIMES.has(rime)) return false;
  if (rime.startsWith('yê')) return false;
  // `y` alone behind an onset is spelled so in names: Kỳ, Lý, Mỹ, Sỹ, Tỵ, Vỹ, Thy.
  const isFront = FRONT_VOWELS.test(rime);
  switch (onset) {
    case 'c':
      return !isFront && !/^o[ae]|^oă/.test(rime);
    case 'k':
      return isFront || rime === 'a';
    case 'g':
    case 'ng':
      return !isFront || (onset === 'g' && /^(?:i|ia|in|ip|iêc|iêng|iêt)$/.test(rime));
    case 'gh':
    case 'ngh':
      return isFront;
    default:
      return true;
  }
}
