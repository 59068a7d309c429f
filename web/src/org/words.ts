/*
 * Levels and types of units in words.
 */
import { t, type TextKey } from '../i18n.ts';

const LEVELS: TextKey[] = ['level.0', 'level.1', 'level.2', 'level.3'];
const TYPES: Record<string, TextKey> = {
	government: 'type.government', ministry: 'type.ministry',
	agency: 'type.agency', province: 'type.province',
	municipality: 'type.municipality', district: 'type.district',
	commune: 'type.commune', ward: 'type.ward', township: 'type.township',
	special_zone: 'type.special_zone',
};
const KINDS: Record<string, TextKey> = {
	whole: 'kind.whole', part: 'kind.part', part_area: 'kind.part_area',
	part_area_all_people: 'kind.part_area_all_people',
	part_people: 'kind.part_people',
};

export function levelName(level: number): string {
	return LEVELS[level] ? t(LEVELS[level]) : String(level);
}

export function typeName(type: string): string {
	return TYPES[type] ? t(TYPES[type]) : type;
}

export function kindName(kind: string): string {
	return KINDS[kind] ? t(KINDS[kind]) : kind;
}
