import django.db.models.deletion
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable
from chambre.core.db.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_job_confided'),
        ('exchange', '0001_initial'),
        ('registry', '0001_initial'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Posting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('chamber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('kind', models.CharField(choices=[('offer', 'offer'), ('need', 'need')], max_length=5, verbose_name='offer or need')),
                    ('title', models.CharField(max_length=120, verbose_name='what')),
                    ('words', models.TextField(blank=True, default='', max_length=4000, verbose_name='in more words')),
                    ('category', models.CharField(choices=[('food', 'food'), ('plants', 'plants and seeds'), ('tools', 'tools'), ('home', 'furniture and household'), ('clothes', 'clothes'), ('books', 'books and games'), ('materials', 'materials'), ('repair', 'repairs'), ('garden', 'work in the garden'), ('building', 'building work'), ('transport', 'transport'), ('teaching', 'lessons'), ('digital', 'websites and computers'), ('care', 'help at home'), ('other', 'other services')], max_length=10, verbose_name='category')),
                    ('place', models.CharField(blank=True, default='', max_length=80, verbose_name='place')),
                    ('first', models.DateField(blank=True, null=True, verbose_name='from')),
                    ('last', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('quantity', models.PositiveIntegerField(blank=True, null=True, verbose_name='how many')),
                    ('value', models.BigIntegerField(blank=True, null=True, verbose_name='estimated value')),
                    ('folded', models.TextField(editable=False)),
                    ('ended', models.CharField(blank=True, choices=[('', 'open'), ('closed', 'taken off'), ('met', 'agreed in a ring')], default='', max_length=6)),
                    ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                    ('key', models.CharField(max_length=120, unique=True, verbose_name='idempotency key')),
                    ('made_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'offer or need',
                    'ordering': ['-id'],
                    'indexes': [models.Index(condition=models.Q(('ended', '')), fields=['chamber', 'kind', 'category'], name='exchange_posting_open'), models.Index(fields=['owner'], name='exchange_posting_owner')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('value', None), ('value__gte', 0), _connector='OR'), name='exchange_posting_value'), models.CheckConstraint(condition=models.Q(('first', None), ('last', None), ('last__gte', models.F('first')), _connector='OR'), name='exchange_posting_days')],
                },
            ),
            migrations.CreateModel(
                name='PostingPhoto',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('posting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='exchange.posting')),
                    ('small', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ('large', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ('width', models.PositiveIntegerField(verbose_name='width of the large size, in pixels')),
                    ('height', models.PositiveIntegerField(verbose_name='height of the large size, in pixels')),
                    ('alt', models.CharField(blank=True, default='', max_length=200, verbose_name='what can be seen')),
                ],
                options={
                    'verbose_name': 'photo',
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='PostingFavourite',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('posting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to='exchange.posting')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registry.agent')),
                ],
                options={
                    'verbose_name': 'favourite',
                    'ordering': ['-id'],
                    'constraints': [models.UniqueConstraint(fields=('person', 'posting'), name='exchange_favourite_once')],
                },
            ),
            migrations.CreateModel(
                name='MarketMessage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('posting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='exchange.posting')),
                    ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('text', models.TextField(max_length=4000, verbose_name='message')),
                    ('key', models.CharField(max_length=120, unique=True, verbose_name='idempotency key')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'message',
                    'ordering': ['id'],
                    'indexes': [models.Index(fields=['posting', 'asker', 'id'], name='exchange_message_talk'), models.Index(fields=['asker', 'id'], name='exchange_message_asker')],
                },
            ),
            migrations.CreateModel(
                name='BarterRing',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('chamber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('state', models.CharField(choices=[('proposed', 'proposed'), ('agreed', 'all said yes'), ('declined', 'declined'), ('lapsed', 'nobody answered in time')], default='proposed', max_length=8, verbose_name='state')),
                    ('until', models.DateField(verbose_name='answers until')),
                    ('exchange', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.exchange')),
                    ('key', models.CharField(max_length=64, unique=True)),
                    ('made_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'barter ring',
                    'ordering': ['-id'],
                    'indexes': [models.Index(fields=['state', 'until'], name='exchange_ring_due')],
                },
            ),
            migrations.CreateModel(
                name='RingGift',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ring', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gifts', to='exchange.barterring')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='place in the ring')),
                    ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.posting')),
                    ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.posting')),
                    ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                ],
                options={
                    'verbose_name': 'gift in a ring',
                    'ordering': ['ring_id', 'number'],
                    'constraints': [models.UniqueConstraint(fields=('ring', 'giver'), name='exchange_gift_giver'), models.UniqueConstraint(fields=('ring', 'taker'), name='exchange_gift_taker')],
                },
            ),
            migrations.CreateModel(
                name='RingVoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ring', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='voices', to='exchange.barterring')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('yes', models.BooleanField(verbose_name='yes')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'answer to a ring',
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(fields=('ring', 'person'), name='exchange_ring_voice_once')],
                },
            ),
        ]),
        *(ProtectTable(model) for model in ('MarketMessage', 'RingGift', 'RingVoice',)),
    ]
